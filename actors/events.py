"""Kinds of event, in the order in which they are carried out within one instant."""

FAULT, RELEASE, RETRY, LEAVE, ARRIVE, DELIVER, TIMER = range(7)
