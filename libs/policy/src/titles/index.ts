export { TitleFinder } from './title-finder';
export { namedFrom, type Claims } from './claims';
export type { TitleCounts, Titles } from './titles';
export { candidatesPerObject, recentPerSubscriber, subscribersFollowedMax } from './limits';
