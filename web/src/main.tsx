import { render } from 'preact';
import 'katex/dist/katex.min.css';
import './styles/index.css';
import { askServer } from './state/server';
import { openLibrary } from './store/library';
import { App } from './ui/App';
import { listenToKeys } from './ui/shortcuts';

const root = document.getElementById('app');
if (!root) throw new Error('The document has no place for the page.');

void askServer();
await openLibrary();
listenToKeys();
render(<App />, root);
performance.mark('interactive');
