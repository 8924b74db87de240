"""The printable edition: the built pages in one document, and its way onto paper."""
