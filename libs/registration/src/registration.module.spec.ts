import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { startTracker } from '@weir/tracker';
import { Registry } from 'prom-client';

import { until } from './registration.testing';
import { RegistrationModule } from './registration.module';
import { RegistrationService } from './registration.service';

const counters = Symbol('counters');

@Module({ providers: [{ provide: counters, useValue: () => [] }], exports: [counters] })
class CountersModule {}

describe('the registration of an application', () => {
  it('lasts as long as the application', async () => {
    const tracker = await startTracker({ listen: '127.0.0.1:0' });
    const registry = new Registry();
    const settings = { trackers: [tracker.url], addresses: [{ ip: '127.0.0.1', port: 7000 }], allowLoopback: true };
    const root = RegistrationModule.forRootAsync({
      imports: [CountersModule],
      inject: [counters],
      useFactory: (count: () => []) => ({ settings, registry, counters: count }),
    });
    const app = await NestFactory.createApplicationContext(root, { logger: false });
    const registration = app.get(RegistrationService);
    expect(registration.join('aa', 'SEEDER')).toBe(true);
    await until(() => registration.trackers[0]?.state === 'connected');
    expect(registration.trackers).toMatchObject([{ url: tracker.url, swarms: 1 }]);
    expect(await registration.peersFor('aa')).toEqual([]);
    expect(await registry.metrics()).toContain('ppstp_client_requests_total{request="CONNECT",outcome="ok"} 1');
    registration.join('bb', 'LEECH');
    registration.leave('bb');
    await app.close();
    const metrics = await (await fetch(new URL('/metrics', tracker.url))).text();
    expect(metrics).toContain('ppstp_tracker_peers 0');
    await tracker.close();
  });

  it('does without trackers', async () => {
    const settings = { trackers: [], addresses: [] };
    const root = RegistrationModule.forRoot({ settings });
    const app = await NestFactory.createApplicationContext(root, { logger: false });
    const registration = app.get(RegistrationService);
    registration.join('aa', 'LEECH');
    expect(registration.trackers).toEqual([]);
    expect(await registration.peersFor('aa')).toEqual([]);
    expect(registration.peerId).toHaveLength(40);
    await app.close();
  });

  it('is refused with wrong settings', async () => {
    const root = RegistrationModule.forRoot({ settings: { trackers: ['here'], addresses: [] } });
    await expect(
      NestFactory.createApplicationContext(root, { logger: false, abortOnError: false }),
    ).rejects.toMatchObject({ code: 'REGISTRATION_SETTING_INVALID' });
  });
});
