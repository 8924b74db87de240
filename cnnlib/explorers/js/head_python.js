/** ClassifierHeadExplorer's state as Python: with cnnlib, and with torch alone. */
import { pythonList } from "./format.js";

function head({ logits, target, temperature, twice }) {
  return `import numpy as np
import torch
import torch.nn.functional as F
from cnnlib import numpy_ops

logits = np.array([${pythonList(logits)}])
target = np.array([${target}])
scaled = logits / ${temperature}

probabilities = numpy_ops.softmax(scaled, 1)
loss = numpy_ops.cross_entropy(scaled, target)
gradient = (probabilities - np.eye(${logits.length})[target]) / ${temperature}
print(probabilities, loss, gradient)
${twice ? `
# The bug: cross_entropy applies softmax itself.
twice = numpy_ops.softmax(probabilities, 1)
twice_loss = numpy_ops.cross_entropy(probabilities, target)
print(twice, twice_loss)
` : ""}
# The same with torch, which finds the gradient itself.
z = torch.tensor(logits, requires_grad=True)
same_probabilities = F.softmax(z / ${temperature}, dim=1)
same_loss = F.cross_entropy(z / ${temperature}, torch.tensor(target))
(same_gradient,) = torch.autograd.grad(same_loss, z)
print(same_probabilities, same_loss, same_gradient)
${twice ? `
p = F.softmax(z / ${temperature}, dim=1)
same_twice_loss = F.cross_entropy(p, torch.tensor(target))
(same_twice_gradient,) = torch.autograd.grad(same_twice_loss, z)
print(same_twice_loss, same_twice_gradient)
` : ""}`;
}

function batchNorm({ batch, gamma, beta, training, running_mean, running_var }) {
  const flag = training ? "True" : "False";
  return `import numpy as np
import torch
import torch.nn.functional as F
from cnnlib import numpy_ops

batch = np.array(${pythonList(batch)})[:, None]  # ${batch.length} examples, 1 channel
running_mean, running_var = np.array([${pythonList(running_mean)}]), np.array([${pythonList(running_var)}])
gamma, beta = np.array([${pythonList(gamma)}]), np.array([${pythonList(beta)}])

output, new_mean, new_var = numpy_ops.batch_norm(
    batch, running_mean, running_var, gamma, beta, training=${flag})
print(output.ravel(), new_mean, new_var)

# torch changes the running statistics in place.
same_mean, same_var = torch.tensor(running_mean), torch.tensor(running_var)
same_output = F.batch_norm(
    torch.tensor(batch), same_mean, same_var, torch.tensor(gamma), torch.tensor(beta), training=${flag})
print(same_output.ravel(), same_mean, same_var)
`;
}

/** @param {Record<string, any>} state @returns {string} */
export function python(state) {
  return state.view === "head" ? head(state) : batchNorm(state);
}
