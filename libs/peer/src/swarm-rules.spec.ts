import { swarmFilter } from './swarm-rules';

it.each([
  { allowed: [], blocked: [], served: ['aa', 'bb'] },
  { allowed: ['aa'], blocked: [], served: ['aa'] },
  { allowed: [], blocked: ['aa'], served: ['bb'] },
  { allowed: ['aa', 'bb'], blocked: ['bb'], served: ['aa'] },
])('of two swarms serves $served, where $allowed are allowed and $blocked blocked', ({ allowed, blocked, served }) => {
  expect(['aa', 'bb'].filter(swarmFilter({ allowed, blocked }))).toEqual(served);
});
