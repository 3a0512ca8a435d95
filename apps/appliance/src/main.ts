import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { adminHttpAdapter, configureAdmin, listenAdmin } from '@weir/admin';
import { loadConfigOrExit } from '@weir/config';
import { SupervisionService } from '@weir/supervision';
import { Logger } from 'nestjs-pino';
import { AppModule } from './app.module';

/** What the appliance is started with. */
export interface ApplianceOptions {
  /** The configuration file; by default what `--config` or `WEIR_CONFIG` names. */
  readonly file?: string;
  /** Arguments that overrule the file. */
  readonly argv?: readonly string[];
}

/**
 * Runs the cache until it gets SIGINT or SIGTERM; resolves when it has ended. Rejects with the typed error of what could
 * not be opened. A refused configuration ends the process with status 2.
 */
export async function runAppliance(options: ApplianceOptions = {}): Promise<void> {
  const config = loadConfigOrExit(options);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config), adminHttpAdapter(), {
    // Kept for the logger that is built with the rest; when that fails, the error says it all, and its receiver tells it once.
    bufferLogs: true,
    logger: false,
    abortOnError: false,
  });
  app.useLogger(app.get(Logger));
  await configureAdmin(app, config.admin);
  await listenAdmin(app, config.admin.listen).catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  const supervision = app.get(SupervisionService);
  supervision.ready();
  await terminated();
  supervision.stop();
  await app.close();
  supervision.over();
}

function terminated(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

if (require.main === module) {
  runAppliance({ argv: process.argv.slice(2) }).catch((error: unknown) => {
    process.stderr.write(`weir: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
