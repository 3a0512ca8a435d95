export * from './addressing/chunk-range';
export * from './endpoint/address';
export * from './swarm/content';
export * from './swarm/metadata';
export * from './wire/message';
