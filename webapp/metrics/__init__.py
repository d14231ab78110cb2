"""What all processes of a machine count together, and how it is written for Prometheus."""
