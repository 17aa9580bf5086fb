"""What staff say about the shop itself: when it is open, what delivery costs, its texts and its terms."""
