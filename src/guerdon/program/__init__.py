"""The typed program: what a checked text means. Only the checker makes one."""
