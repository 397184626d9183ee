/**
 * Decides which address outbound HTTP may reach (promise 10; H20, S46, O13). Without an entry on the allow list:
 * https, port 443, a public name and a globally reachable unicast address. An entry of the allow list lifts all of these
 * for what it names: `10.0.0.0/8` and `10.1.2.3` any port, `127.0.0.1:5001` and `idp.corp.example:8443` that port only,
 * `idp.corp.example` any port.
 * @see RFC 6890 and the IANA special-purpose address registries
 */
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

export type AllowEntry =
  | { readonly kind: 'network'; readonly base: Address; readonly bits: number; readonly port: number | null }
  | { readonly kind: 'host'; readonly host: string; readonly port: number | null };

/** Where a request goes: scheme, lower-case host without brackets or final dot, port. */
export interface Target {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
}

const HOST_PATTERN = /^[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?$/;
/** Names that mean "inside" by registration or by habit (RFC 6761, RFC 6762, RFC 8375, ICANN's `.internal`). */
const INSIDE_NAMES = ['localhost', 'local', 'internal', 'intranet', 'corp', 'lan', 'home', 'home.arpa', 'onion'];
/** Addresses that are public by number and answer with a platform's secrets all the same: Azure's wire server. */
const PLATFORM_ADDRESSES = ['168.63.129.16'];

/**
 * Reads the entries of ENTENTE_EGRESS_ALLOW.
 * @throws Error for an entry that is neither network, address, host name nor one of these with a port
 */
export function parseAllowList(entries: readonly string[]): readonly AllowEntry[] {
  return entries.map((entry) => {
    const parsed = parseEntry(entry.trim().toLowerCase());
    if (parsed === null)
      throw new Error(`ENTENTE_EGRESS_ALLOW: ${JSON.stringify(entry)} is no network, host or host:port.`);
    return parsed;
  });
}

function parseEntry(text: string): AllowEntry | null {
  if (ipaddr.isValidCIDR(text)) {
    const [base, bits] = ipaddr.parseCIDR(text);
    return { kind: 'network', base, bits, port: null };
  }
  const address = parseAddress(text);
  if (address !== null) return { kind: 'network', base: address, bits: widthOf(address), port: null };
  const colon = text.lastIndexOf(':');
  const host = colon === -1 ? text : text.slice(0, colon);
  const port = colon === -1 ? null : Number(text.slice(colon + 1));
  if (port !== null && !(Number.isInteger(port) && port > 0 && port < 65_536)) return null;
  const literal = parseAddress(host);
  if (literal !== null) return { kind: 'network', base: literal, bits: widthOf(literal), port };
  return HOST_PATTERN.test(host) ? { kind: 'host', host, port } : null;
}

/** An address literal in its canonical forms only; `[::1]` loses its brackets, `0x7f.1` and `2130706433` are no addresses here. */
export function parseAddress(text: string): Address | null {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return ipaddr.IPv4.parse(bare);
  return bare.includes(':') && ipaddr.IPv6.isValid(bare) ? ipaddr.IPv6.parse(bare) : null;
}

/** The target of a URL, or null when outbound HTTP never goes there: another scheme, or credentials inside the URL. */
export function targetOf(url: URL): Target | null {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  if (url.username !== '' || url.password !== '') return null;
  const secure = url.protocol === 'https:';
  const host = url.hostname.toLowerCase().replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  return { secure, host: host.endsWith('.') ? host.slice(0, -1) : host, port };
}

/** May a socket to `address` (what DNS gave for `target.host`, or the literal itself) be opened? */
export function permitsAddress(allow: readonly AllowEntry[], target: Target, address: string): boolean {
  const parsed = parseAddress(address);
  if (parsed === null) return false;
  const effective = embeddedIpv4(parsed) ?? parsed;
  if (allow.some((entry) => covers(entry, target, effective))) return true;
  return target.secure && target.port === 443 && !isInsideName(target.host) && isPublic(effective);
}

/**
 * What can be said before DNS is asked: false when no answer of DNS could make the target acceptable. Also the test for
 * endpoints that a document only names.
 */
export function permitsTarget(allow: readonly AllowEntry[], target: Target): boolean {
  if (parseAddress(target.host) !== null) return permitsAddress(allow, target, target.host);
  if (allow.some((entry) => entry.kind === 'host' && matchesHost(entry, target))) return true;
  if (allow.some((entry) => entry.kind === 'network' && matchesPort(entry, target))) return true;
  return target.secure && target.port === 443 && !isInsideName(target.host);
}

function covers(entry: AllowEntry, target: Target, address: Address): boolean {
  if (entry.kind === 'host') return matchesHost(entry, target);
  return matchesPort(entry, target) && entry.base.kind() === address.kind() && address.match(entry.base, entry.bits);
}

function matchesHost(entry: AllowEntry & { kind: 'host' }, target: Target): boolean {
  return entry.host === target.host && matchesPort(entry, target);
}

function matchesPort(entry: AllowEntry, target: Target): boolean {
  return entry.port === null || entry.port === target.port;
}

/** The IPv4 address inside a mapped (RFC 4291) or well-known NAT64 (RFC 6052) one: that is where the packet would go. */
function embeddedIpv4(address: Address): ipaddr.IPv4 | null {
  if (!(address instanceof ipaddr.IPv6)) return null;
  const bytes = address.toByteArray();
  const wellKnownNat64 = address.match(ipaddr.IPv6.parse('64:ff9b::'), 96);
  return address.isIPv4MappedAddress() || wellKnownNat64 ? new ipaddr.IPv4(bytes.slice(12)) : null;
}

/** Globally reachable unicast. For IPv6 the allocated block 2000::/3 only, which leaves out `::127.0.0.1` and its like. */
function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  if (address instanceof ipaddr.IPv6) return address.match(ipaddr.IPv6.parse('2000::'), 3);
  return !PLATFORM_ADDRESSES.includes(address.toString());
}

function isInsideName(host: string): boolean {
  if (parseAddress(host) !== null) return false;
  return !host.includes('.') || INSIDE_NAMES.some((name) => host.endsWith(`.${name}`));
}

function widthOf(address: Address): number {
  return address.kind() === 'ipv4' ? 32 : 128;
}
