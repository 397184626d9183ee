import { readConfig } from '../../../src/config.js';
import { demonstrationPlaces, withDemonstration } from '../../../src/demonstration/addresses.js';

describe('the addresses of the demonstration', () => {
  it('lie above the port of the hub, or where they are put', () => {
    const urls = (env: Record<string, string>) => {
      const { orders, reports, aurora, borealis } = demonstrationPlaces(readConfig(env));
      return [orders, reports, aurora, borealis].map(({ url }) => url);
    };
    const at = (...ports: number[]) => ports.map((port) => `http://127.0.0.1:${port}`);
    expect(urls({})).toEqual(at(4010, 4011, 4012, 4013));
    expect(urls({ ENTENTE_URL: 'http://127.0.0.1:5000' })).toEqual(at(5010, 5011, 5012, 5013));
    expect(urls({ ENTENTE_URL: 'http://127.0.0.1:65530' })).toEqual(at(65516, 65517, 65518, 65519));
    expect(urls({ ENTENTE_DEMO_PORT: '7000' })).toEqual(at(7000, 7001, 7002, 7003));
  });

  it('open outbound HTTP to the two identity providers, and to nothing else', () => {
    const config = readConfig({ ENTENTE_EGRESS_ALLOW: 'idp.corp.example' });
    expect(withDemonstration(config).egressAllow).toEqual(['idp.corp.example', '127.0.0.1:4012', '127.0.0.1:4013']);
  });

  it('reach a hub that listens everywhere on the loopback interface', () => {
    const { hub } = demonstrationPlaces(
      readConfig({ HOST: '0.0.0.0', ENTENTE_URL: 'http://hub.example', PORT: '8080' }),
    );
    expect(hub).toEqual({ port: 8080, url: 'http://hub.example', local: 'http://127.0.0.1:8080' });
  });

  it('belong to no production', () => {
    const secret = Buffer.from(Array.from({ length: 32 }, (_none, index) => index * 7)).toString('base64');
    const production = { NODE_ENV: 'production', ENTENTE_SECRET_KEY: secret, ENTENTE_URL: 'https://hub.example' };
    expect(readConfig(production).demo).toBe(false);
    expect(readConfig({ NODE_ENV: 'test' }).demo).toBe(false);
    expect(readConfig({}).demo).toBe(true);
    expect(() => readConfig({ ...production, ENTENTE_DEMO: 'on' })).toThrow('refused in production');
  });
});
