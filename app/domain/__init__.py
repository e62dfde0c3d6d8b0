"""The rules, as verbs: `session, actor, command, clock` come in openly, refusals go out as exceptions."""
