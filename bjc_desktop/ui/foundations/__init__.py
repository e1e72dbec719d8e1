"""What the figures and the funding rest on."""
