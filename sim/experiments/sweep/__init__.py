"""Many design points, and what they answer."""
