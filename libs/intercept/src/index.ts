/** Diverts subscribers' traffic to the appliance, for as long as it answers: rules, heartbeat, tracker intercept. */
export {};
