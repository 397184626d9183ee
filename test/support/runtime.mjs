// Jest's module system, with a memory: every test file gets modules of its own, but a worker compiles a source once.
import vm from 'node:vm';
import Runtime from 'jest-runtime';

const { SourceTextModule, compileFunction } = vm;
/** File name to the source that was compiled and V8's code for it. V8 itself compares nothing but the length. */
const compiled = new Map();

function codeOf(name, source) {
  const known = compiled.get(name);
  return known?.source === source ? known.code : undefined;
}

vm.SourceTextModule = class extends SourceTextModule {
  constructor(source, options) {
    const code = codeOf(options.identifier, source);
    super(source, { ...options, cachedData: code });
    if (code === undefined) compiled.set(options.identifier, { source, code: this.createCachedData() });
  }
};

vm.compileFunction = (source, parameters, options) => {
  const name = `${parameters} ${options.filename}`;
  const code = codeOf(name, source);
  const made = compileFunction(source, parameters, {
    ...options,
    cachedData: code,
    produceCachedData: code === undefined,
  });
  if (made.cachedDataProduced) compiled.set(name, { source, code: made.cachedData });
  return made;
};

export default class extends Runtime {
  constructor(...options) {
    super(...options);
    // Fastify looks for the name of each plugin in `require.cache`, which Jest puts together anew whenever it is read.
    this.registries.requireCacheProxy = Object.freeze({});
  }
}
