// The files that take longest begin first, so that no worker is left alone with one of them at the end.
import Sequencer from '@jest/test-sequencer';

const LONGEST = [
  'integration/start/start',
  'flows/crash',
  'browser/demonstration',
  'contract/quickstart',
  'flows/withdrawal',
  'attacks/graphql/tenant-walls',
  'browser/pages',
  'integration/jobs/sweeper',
].map((name) => `/test/${name}.test.ts`);

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const place = ({ path }) => {
      const index = LONGEST.findIndex((end) => path.endsWith(end));
      return index < 0 ? LONGEST.length : index;
    };
    return [...super.sort(tests)].sort((one, other) => place(one) - place(other));
  }
}
