"""Recording a consultation from anywhere."""
