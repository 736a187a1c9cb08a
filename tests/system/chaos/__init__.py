"""Chaos: a real server is killed and starved, clients write down what they see, and that is compared with the log."""
