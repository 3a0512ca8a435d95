// `npm start`: the appliance, in this process, so that signals reach it. Arguments pass through.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, setUp } from './setup.mjs';

setUp();
await import(pathToFileURL(join(root, 'dist/apps/appliance/src/main.js')));
