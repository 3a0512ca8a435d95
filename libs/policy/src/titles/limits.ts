/** Subscribers whose last requests are remembered while a trace is read, 40 bytes each: who did not ask for the longest gives way. */
export const subscribersFollowedMax = 2 ** 20;

/** Objects of a subscriber that are remembered, those he asked for last: as many sessions of one household, or nearly, are told apart. */
export const recentPerSubscriber = 8;

/** Objects that may be what comes before an object, remembered for each, in 6 bytes. */
export const candidatesPerObject = 4;
