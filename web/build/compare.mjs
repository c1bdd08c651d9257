// Fails when the committed page is not what a fresh build gives.
import { readFileSync } from 'node:fs';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
if (read('../dist/index.html') !== read('../../src/Quipu.Server/Page/index.html')) {
  process.stderr.write('src/Quipu.Server/Page/index.html is not what web/ builds: run `npm run build` in web/ and commit the result.\n');
  process.exit(1);
}
