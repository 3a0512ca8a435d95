import { RequestMethod, Module } from '@nestjs/common';
import { WEIR_CONFIG, type WeirConfig } from '@weir/config';
import { LoggerModule } from 'nestjs-pino';
import { loggerOptions } from './logger-options';

/**
 * Structured logs on stdout at the configured level. `main` hands Nest's own messages to it:
 * `app.useLogger(app.get(Logger))` with nestjs-pino's `Logger`; services log through `@nestjs/common`'s.
 */
@Module({
  imports: [
    LoggerModule.forRootAsync({
      imports: [],
      providers: [],
      inject: [WEIR_CONFIG],
      useFactory: ({ log }: WeirConfig) => ({
        pinoHttp: loggerOptions(log.level),
        forRoutes: [{ path: '{*path}', method: RequestMethod.ALL }],
      }),
    }),
  ],
})
export class LoggingModule {}
