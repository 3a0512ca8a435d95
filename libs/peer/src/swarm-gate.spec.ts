import { SwarmGate } from './swarm-gate';

it('admits what the configuration does, but for what operators block', () => {
  const gate = new SwarmGate({ allowed: [], blocked: ['aa'] }, ['bb']);
  const admitted = () => ['aa', 'bb', 'cc'].filter((id) => gate.admits(id));
  expect(admitted()).toEqual(['cc']);
  gate.set('cc', true);
  expect(admitted()).toEqual([]);
  expect(gate.list).toEqual(['bb', 'cc']);
  gate.set('bb', false);
  gate.set('aa', false);
  expect(admitted()).toEqual(['bb']);
});

it('admits any swarm where nothing is configured', () => {
  expect(new SwarmGate(undefined).admits('aa')).toBe(true);
});
