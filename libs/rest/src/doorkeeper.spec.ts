import { Controller, Get, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { z } from 'zod';
import { configureRest, type Doorkeeping, keepDoor, problemMembers, type ProblemRules, restHttpAdapter } from './index';

const rules: ProblemRules = { statuses: {}, who: 'the door' };
const description = { title: 'Door', description: '', version: '1', problem: z.object(problemMembers) };

@Controller()
class Rooms {
  @Get('room')
  room() {
    return { inside: true };
  }

  @Get('healthz')
  health() {
    return { status: 'ok' };
  }
}

@Module({ controllers: [Rooms] })
class House {}

let app: NestFastifyApplication;
afterEach(() => app.close());

async function open(doorkeeping: Doorkeeping): Promise<void> {
  const testing = await Test.createTestingModule({ imports: [House] }).compile();
  app = testing.createNestApplication<NestFastifyApplication>(restHttpAdapter(rules), { logger: false });
  await configureRest(app, rules, description);
  keepDoor(app, rules, doorkeeping);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
}

const ask = (url: string, headers: Readonly<Record<string, string>>) => app.inject({ method: 'GET', url, headers });

describe('a token', () => {
  beforeEach(() => open({ hosts: [], token: 'abc', open: ['/healthz'] }));

  it.each([
    ['/room', 'Bearer abc', 200],
    ['/room', 'bearer  abc', 200],
    ['/room', 'Bearer abcd', 401],
    ['/room', 'Bearer ab', 401],
    ['/room', 'Bearer abc def', 401],
    ['/room', 'Basic abc', 401],
    ['/room', 'abc', 401],
    ['/room', '', 401],
    ['/openapi.json', '', 401],
    ['/openapi.json', 'Bearer abc', 200],
    ['/nowhere', '', 401],
    ['/nowhere', 'Bearer abc', 404],
    ['/healthz', '', 200],
    ['/healthz?a=b', '', 200],
    ['/healthz/', '', 401],
    ['/room?/healthz', '', 401],
  ])('for %s, as %j: %i', async (url, authorization, status) => {
    const answer = await ask(url, authorization === '' ? {} : { authorization });
    expect(answer.statusCode).toBe(status);
    if (status !== 401) return;
    expect(answer.headers).toMatchObject({
      'www-authenticate': 'Bearer',
      'content-type': expect.stringMatching(/^application.problem.json/),
    });
    expect(answer.json()).toMatchObject({ code: 'TOKEN_REFUSED', status: 401 });
  });
});

describe('a name of ours', () => {
  beforeEach(() => open({ hosts: ['tracker.example'] }));

  it.each([
    ['127.0.0.1:7847', 200],
    ['192.0.2.1', 200],
    ['[::1]:7847', 200],
    ['localhost', 200],
    ['LocalHost:7847', 200],
    ['tracker.example:7847', 200],
    ['Tracker.Example', 200],
    ['evil.example', 421],
    ['tracker.example.evil.example', 421],
    ['127.0.0.1.evil.example:7847', 421],
    ['localhost.evil.example', 421],
    ['[::1].evil.example', 421],
    ['0x7f.1', 421],
    [' ', 421],
  ])('%j: %i', async (host, status) => {
    const answer = await ask('/room', { host });
    expect(answer.statusCode).toBe(status);
    if (status === 421) expect(answer.json()).toMatchObject({ code: 'HOST_REFUSED', status: 421 });
  });
});
