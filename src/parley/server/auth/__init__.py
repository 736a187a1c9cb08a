"""Who someone is: tokens, passwords, and the limits on guessing them."""
