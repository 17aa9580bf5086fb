"""The codes on things: printed ahead and put on later, renewed when lost, and made anew when the address moves."""
