"""The sheets and rolls labels are printed on, and those the workshop adds by its own measures."""
