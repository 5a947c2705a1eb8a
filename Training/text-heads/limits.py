"""The least that a threshold may be, in training and in a policy."""

# Nothing lies below these: what dev rows do not hold is everyday talk, of which there is most.
LOWEST = {"review": 0.6, "block": 0.9}
# A category with fewer unsafe dev rows than this tells too little to block from LOWEST on.
ENOUGH_ROWS, LOWEST_BLOCK_OF_RARE = 30, 0.95


def lowest(action, count):
    """The lowest threshold of a label that `count` unsafe dev rows have."""
    rare = action == "block" and count < ENOUGH_ROWS
    return LOWEST_BLOCK_OF_RARE if rare else LOWEST[action]
