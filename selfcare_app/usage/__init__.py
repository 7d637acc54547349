"""Usage records in, allowances left, call detail."""
