"""Unicode: confusable names, and the table they are compared by."""
