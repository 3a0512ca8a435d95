import { Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type WeirConfig } from './config';
import { ConfigModule, WEIR_CONFIG } from './config.module';
import { loadConfig } from './load';

@Injectable()
class Reader {
  constructor(@Inject(WEIR_CONFIG) readonly config: WeirConfig) {}
}

@Module({ providers: [Reader] })
class ReaderModule {}

it('provides the configuration to modules that do not import it', async () => {
  const config = loadConfig({ env: {} });
  @Module({ imports: [ConfigModule.forRoot(config), ReaderModule] })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  expect(app.get(Reader).config).toBe(config);
  await app.close();
});
