import { benchFetch } from './fetch.ts';
import { benchIngest } from './ingest.ts';
import { benchIntegrations } from './integrations.ts';
import { benchLists } from './lists.ts';
import { benchOutbox } from './outbox.ts';
import { benchParse } from './parse.ts';

const BENCHES: Record<string, (args: string[]) => Promise<void>> = {
  ingest: benchIngest,
  fetch: benchFetch,
  outbox: benchOutbox,
  lists: benchLists,
  integrations: benchIntegrations,
  parse: benchParse,
};

const [name = '', ...args] = process.argv.slice(2);
const bench = BENCHES[name];
if (bench) await bench(args);
else {
  console.error(`usage: npm run bench -- ${Object.keys(BENCHES).join(' | ')}`);
  process.exitCode = 2;
}
