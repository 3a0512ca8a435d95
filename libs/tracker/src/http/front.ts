import type { IncomingMessage, ServerResponse } from 'node:http';

/** Takes on one request. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Where requests go: those to the tracker's path to its endpoint, and what is read elsewhere, such as `/healthz`, to the
 * rest of the server. Nothing else is there, and no body is read to find that out.
 */
export function splitRequests(path: string, endpoint: Handler, others: Handler): Handler {
  return (request, response) => {
    const { url = '', method } = request;
    const query = url.indexOf('?');
    if ((query < 0 ? url : url.slice(0, query)) === path) return endpoint(request, response);
    if (method === 'GET' || method === 'HEAD') return others(request, response);
    const body = '{"statusCode":404}';
    response.writeHead(404, { 'content-type': 'application/json', 'content-length': body.length, connection: 'close' });
    response.end(body);
  };
}
