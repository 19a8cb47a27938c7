"""Why a member was given what they were given, and why not: `guerdon explain`."""
