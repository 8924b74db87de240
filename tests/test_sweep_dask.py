"""The same call of sweep on a cluster: Dask's, with worker processes of its own."""

from __future__ import annotations

from pathlib import Path

import joblib
from dask.distributed import Client, LocalCluster
from sweep_problems import RECIPES, contents, few_digits, other_digits

from cnnlib.experiments import sweep


def test_a_sweep_on_a_dask_cluster_writes_the_records_of_one_here(tmp_path: Path) -> None:
    plan = (RECIPES[:3], {"some": few_digits(), "others": other_digits}, range(2))
    here = sweep(*plan, folder=tmp_path / "here", jobs=1, progress=False)
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
        joblib.parallel_config(backend="dask"),
    ):
        assert len(client.scheduler_info()["workers"]) == 2
        there = sweep(*plan, folder=tmp_path / "there", progress=False)
    assert len(there) == len(here) == 12
    assert contents(tmp_path / "there") == contents(tmp_path / "here")
