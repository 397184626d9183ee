/**
 * The only outbound HTTP of the hub (promise 10; H20, S46, O13, O14). Where a request may go is decided by
 * address.rules.ts, for the very address that the socket connects to and again once it is connected, so that an answer
 * of DNS that changes in between wins nothing. No redirect is followed, no proxy variable is read, an answer is taken in
 * whole, under one deadline and one size bound that hold before and after decompression.
 */
import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { Agent, buildConnector, Pool, request } from 'undici';
import {
  type AllowEntry,
  parseAllowList,
  permitsAddress,
  permitsTarget,
  type Target,
  targetOf,
} from './address.rules.js';
import { EgressError } from './egress.errors.js';

export { EgressError } from './egress.errors.js';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

export interface EgressOptions {
  /** Entries of ENTENTE_EGRESS_ALLOW. */
  readonly allow: readonly string[];
  /** Bound of one whole exchange, from DNS to the last byte. Default 10 000. */
  readonly timeoutMs?: number;
  /** Bound of a body, as sent and as decompressed. Default 1 MiB. */
  readonly maxBytes?: number;
  /** Exchanges under way with one origin; one more is refused. Default 32. */
  readonly maxConcurrentPerOrigin?: number;
  /** Certificates (PEM) that are trusted beside the system's: a private CA of the operator. */
  readonly certificateAuthorities?: readonly string[];
  /** How names become addresses. Default: the system's resolver. */
  readonly resolve?: (host: string) => Promise<readonly ResolvedAddress[]>;
}

export interface GetTextOptions {
  readonly maxBytes?: number;
  readonly timeoutMs?: number;
  /** Media types that are acceptable, without parameters; sent as Accept and compared with the answer. */
  readonly accept?: readonly string[];
}

interface Limits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** The part of WHATWG `RequestInit` that is heard. */
export interface EgressRequest {
  readonly method?: string | undefined;
  readonly headers?: ConstructorParameters<typeof Headers>[0] | undefined;
  readonly body?: unknown;
  readonly signal?: AbortSignal | null | undefined;
}

const decoders: Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

export class Egress {
  readonly #allow: readonly AllowEntry[];
  readonly #limits: Limits;
  readonly #maxConcurrent: number;
  readonly #agent: Agent;
  readonly #underWay = new Map<string, number>();
  readonly #resolve: (host: string) => Promise<readonly ResolvedAddress[]>;

  /** @throws Error when an entry of the allow list cannot be read */
  constructor(options: EgressOptions) {
    this.#allow = parseAllowList(options.allow);
    this.#limits = { maxBytes: options.maxBytes ?? 1_048_576, timeoutMs: options.timeoutMs ?? 10_000 };
    this.#maxConcurrent = options.maxConcurrentPerOrigin ?? 32;
    this.#resolve = options.resolve ?? ((host) => systemLookup(host, { all: true, verbatim: true }));
    const ca = options.certificateAuthorities?.length ? { ca: [...options.certificateAuthorities] } : {};
    this.#agent = new Agent({
      // One pool an origin, each with a connector that knows its target: a socket is never shared between two hosts.
      factory: (origin, settings) =>
        new Pool(origin, { ...(settings as Pool.Options), connect: this.#connectorOf(new URL(String(origin)), ca) }),
      connections: this.#maxConcurrent,
      pipelining: 1,
      keepAliveTimeout: 4_000,
      maxHeaderSize: 16_384,
    });
  }

  /**
   * One exchange. The answer is read whole before this returns; its status may be anything but a redirect.
   * @throws EgressError EGRESS_DENIED (address, scheme, port, redirect), EGRESS_LIMIT (size, time, concurrency) or
   *   EGRESS_FAILED (DNS, connection, TLS, encoding)
   */
  fetch = (url: string | URL, init: EgressRequest = {}): Promise<Response> => this.#exchange(url, init, this.#limits);

  /** GET of a text in UTF-8. @throws EgressError as `fetch`, and EGRESS_FAILED for a status or media type that was not asked for */
  async getText(url: string | URL, options: GetTextOptions = {}): Promise<string> {
    const limits = {
      maxBytes: options.maxBytes ?? this.#limits.maxBytes,
      timeoutMs: options.timeoutMs ?? this.#limits.timeoutMs,
    };
    const headers = { accept: options.accept?.join(', ') ?? '*/*' };
    const response = await this.#exchange(url, { headers }, limits);
    if (response.status !== 200) throw new EgressError('EGRESS_FAILED', 'status');
    const mediaType = (response.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
    if (options.accept !== undefined && !options.accept.includes(mediaType)) {
      throw new EgressError('EGRESS_FAILED', 'media-type');
    }
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(await response.arrayBuffer());
    } catch {
      throw new EgressError('EGRESS_FAILED', 'encoding');
    }
  }

  /** Could `url` be reached, as far as its text tells (scheme, port, host)? For endpoints that a document names. */
  accepts(url: string): boolean {
    const target = URL.canParse(url) ? targetOf(new URL(url)) : null;
    return target !== null && permitsTarget(this.#allow, target);
  }

  /** Ends every connection, exchanges under way included. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #exchange(url: string | URL, init: EgressRequest, limits: Limits): Promise<Response> {
    const parsed = URL.canParse(String(url)) ? new URL(String(url)) : null;
    const target = parsed === null ? null : targetOf(parsed);
    if (parsed === null || target === null) throw new EgressError('EGRESS_DENIED', 'url');
    if (!permitsTarget(this.#allow, target)) throw new EgressError('EGRESS_DENIED', 'address');
    const release = this.#enter(parsed.origin);
    const deadline = AbortSignal.timeout(limits.timeoutMs);
    const signal = init.signal ? AbortSignal.any([deadline, init.signal]) : deadline;
    try {
      // The race ends the wait for DNS as well, which no signal reaches.
      return await Promise.race([this.#send(parsed, init, limits, signal), aborted(signal)]);
    } catch (error) {
      throw signal.aborted && !(error instanceof EgressError)
        ? new EgressError('EGRESS_LIMIT', 'time')
        : asEgressError(error);
    } finally {
      release();
    }
  }

  async #send(url: URL, init: EgressRequest, limits: Limits, signal: AbortSignal): Promise<Response> {
    const headers = Object.fromEntries(new Headers(init.headers ?? {}).entries());
    headers['accept-encoding'] = 'gzip, deflate, br';
    const answer = await request(url, {
      dispatcher: this.#agent,
      method: (init.method ?? 'GET') as 'GET',
      headers,
      body: bodyOf(init.body),
      signal,
    });
    // A body that is left unread ends with an error event: it is ours to ignore once the exchange is refused.
    answer.body.on('error', () => undefined);
    if (answer.statusCode >= 300 && answer.statusCode < 400 && answer.statusCode !== 304) {
      answer.body.destroy();
      throw new EgressError('EGRESS_DENIED', 'redirect');
    }
    const bytes = await decoded(await readCapped(answer.body, limits.maxBytes), answer.headers, limits.maxBytes);
    return new Response(bytes.length === 0 ? null : new Uint8Array(bytes), {
      status: answer.statusCode,
      headers: responseHeaders(answer.headers),
    });
  }

  #enter(origin: string): () => void {
    const count = this.#underWay.get(origin) ?? 0;
    if (count >= this.#maxConcurrent) throw new EgressError('EGRESS_LIMIT', 'concurrency');
    this.#underWay.set(origin, count + 1);
    return () => {
      const left = (this.#underWay.get(origin) ?? 1) - 1;
      if (left === 0) this.#underWay.delete(origin);
      else this.#underWay.set(origin, left);
    };
  }

  #connectorOf(origin: URL, tls: { ca?: string[] }): buildConnector.connector {
    const target = targetOf(origin);
    if (target === null) throw new EgressError('EGRESS_DENIED', 'url');
    const connect = buildConnector({ ...tls, lookup: this.#lookupFor(target), timeout: this.#limits.timeoutMs });
    return (options, callback) =>
      connect(options, (error, socket) => {
        if (error !== null) return callback(error, null);
        if (permitsAddress(this.#allow, target, socket.remoteAddress ?? '')) return callback(null, socket);
        socket.destroy();
        return callback(new EgressError('EGRESS_DENIED', 'address'), null);
      });
  }

  /** Hands the socket only addresses that are permitted; one that is not refuses the whole name. */
  #lookupFor(target: Target): LookupFunction {
    return (host, options, callback) => {
      this.#resolve(host).then(
        (found) => {
          const permitted = found.every(({ address }) => permitsAddress(this.#allow, target, address));
          const [first] = found;
          if (!permitted) return callback(new EgressError('EGRESS_DENIED', 'address'), [], 0);
          if (first === undefined) return callback(new EgressError('EGRESS_FAILED', 'network'), [], 0);
          return options.all ? callback(null, [...found]) : callback(null, first.address, first.family);
        },
        () => callback(new EgressError('EGRESS_FAILED', 'network'), [], 0),
      );
    };
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = () => reject(new EgressError('EGRESS_LIMIT', 'time'));
    if (signal.aborted) refuse();
    else signal.addEventListener('abort', refuse, { once: true });
  });
}

function bodyOf(body: unknown): string | Uint8Array | null {
  if (body === undefined || body === null) return null;
  return body instanceof Uint8Array ? body : String(body);
}

async function readCapped(body: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw new EgressError('EGRESS_LIMIT', 'size');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

async function decoded(bytes: Buffer, headers: AnswerHeaders, maxOutputLength: number): Promise<Buffer> {
  const encoding = String(headers['content-encoding'] ?? 'identity')
    .trim()
    .toLowerCase();
  if (encoding === 'identity' || encoding === '' || bytes.length === 0) return bytes;
  const decode = decoders[encoding];
  if (decode === undefined) throw new EgressError('EGRESS_FAILED', 'encoding');
  try {
    return await decode(bytes, { maxOutputLength });
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw tooLarge ? new EgressError('EGRESS_LIMIT', 'size') : new EgressError('EGRESS_FAILED', 'encoding');
  }
}

function responseHeaders(headers: AnswerHeaders): Headers {
  const result = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    // These describe the bytes on the wire, which the reader of the Response no longer sees.
    if (value === undefined || name === 'content-encoding' || name === 'content-length') continue;
    for (const one of [value].flat()) result.append(name, one);
  }
  return result;
}

function asEgressError(error: unknown): EgressError {
  if (error instanceof EgressError) return error;
  const cause = (error as { cause?: unknown }).cause;
  return cause instanceof EgressError ? cause : new EgressError('EGRESS_FAILED', 'network');
}
