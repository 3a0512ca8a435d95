// A bare Nest application on Fastify that greets: what a request costs before anything is done for it. It also takes a
// request's bytes and answers with as many as a list of peers has: what their transport alone costs.
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { mediaType } from './requests.mjs';

/** As long as an answer with 29 peers. */
const bytes = Buffer.from(`{"error_code":0}`.padEnd(5_000));

class HelloController {
  greet() {
    return 'Hello World!';
  }

  exchange() {
    return bytes;
  }
}
decorate(Get(), 'greet');
decorate(Post(), 'exchange');
Controller()(HelloController);

class HelloModule {}
Module({ controllers: [HelloController] })(HelloModule);

function decorate(decorator, name) {
  decorator(HelloController.prototype, name, Object.getOwnPropertyDescriptor(HelloController.prototype, name));
}

/** @param {{ tls?: { certificateFile: string, keyFile: string } }} options */
export async function startHello({ tls }) {
  const https = tls && { cert: readFileSync(tls.certificateFile), key: readFileSync(tls.keyFile) };
  const adapter = new FastifyAdapter(https ? { https } : {});
  adapter
    .getInstance()
    .addContentTypeParser(mediaType, { parseAs: 'string' }, (_, body, done) => void done(null, body));
  const app = await NestFactory.create(HelloModule, adapter, { logger: false });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address();
  return { url: `${https ? 'https' : 'http'}://127.0.0.1:${port}/`, close: () => app.close() };
}
