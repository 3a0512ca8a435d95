import { AdminApp, idOf } from './admin.testing';

let admin: AdminApp;
beforeAll(async () => (admin = await AdminApp.start()));
afterAll(() => admin.close());

describe('GET /v1/integrity', () => {
  it('says that nothing was found, and nothing looked for', async () => {
    const { status, json } = await admin.request('GET', '/v1/integrity');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      counts: {},
      findings: [],
      rulesLost: null,
      scrub: { running: false, pass: null },
      inspection: null,
    });
  });

  it('tells what was found, the newest first', async () => {
    const found = { foundBy: 'scrub', remedy: 'erased', detail: 'it is not what was written' } as const;
    const one = { ...found, when: 1, kind: 'extent', swarmId: idOf('a'), extent: 7 } as const;
    const other = { ...found, when: 2, kind: 'counter' } as const;
    const pass = { began: 1, ended: 2, bytes: 3, extents: 4, damaged: 2 };
    admin.peer.integrityReport = {
      counts: { extent: 1, counter: 1 },
      findings: [one, other],
      rulesLost: undefined,
      scrub: { running: false, progress: 0, bytesChecked: 0, pass: undefined, lastPass: pass },
      inspection: undefined,
    };
    const { json } = await admin.request('GET', '/v1/integrity');
    expect(json).toEqual({
      counts: { extent: 1, counter: 1 },
      findings: [{ ...other, swarmId: null, extent: null }, one],
      rulesLost: null,
      scrub: { running: false, progress: 0, bytesChecked: 0, pass: null, lastPass: pass },
      inspection: null,
    });
  });
});

it('DELETE /v1/integrity/rules-lost says that an operator restored what was lost', async () => {
  const rulesLost = { when: 3, kind: 'rules', foundBy: 'start', remedy: 'lost', detail: 'rules may be lost' } as const;
  admin.peer.integrityReport = { ...admin.peer.integrityReport, rulesLost };
  const lost = async () => (await admin.request('GET', '/v1/integrity')).json;
  expect(await lost()).toMatchObject({ rulesLost: { when: 3, detail: 'rules may be lost' } });
  for (let time = 0; time < 2; time++)
    expect((await admin.request('DELETE', '/v1/integrity/rules-lost')).status).toBe(204);
  expect(await lost()).toMatchObject({ rulesLost: null });
});
