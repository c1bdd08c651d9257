// One loaded model of node-llama-cpp, told on stdin what to time: node peer.mjs MODEL THREADS CONTEXT FOLDER
// A line 'pp TOKENS DEPTH' or 'tg TOKENS DEPTH' is answered by a line with the tokens per second.
import {createRequire} from "node:module";
import {createInterface} from "node:readline";
import path from "node:path";
import {pathToFileURL} from "node:url";

const [modelPath, threads, contextSize, folder] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(folder), "index.js"));
const {getLlama, LlamaLogLevel} = await import(pathToFileURL(require.resolve("node-llama-cpp")).href);

const llama = await getLlama({
    gpu: false, build: "never", usePrebuiltBinaries: true, skipDownload: true, progressLogs: false,
    maxThreads: Number(threads), logLevel: LlamaLogLevel.error
});
const model = await llama.loadModel({modelPath, gpuLayers: 0, useMmap: true, ignoreMemorySafetyChecks: true});
const context = await model.createContext({
    contextSize: Number(contextSize), batchSize: 512, threads: {ideal: Number(threads), min: Number(threads)}, sequences: 1,
    flashAttention: "auto", ignoreMemorySafetyChecks: true, performanceTracking: false
});
const sequence = context.getSequence();

// Drawn, because their choice changes nothing; the first 600 may be control tokens.
let state = 1234;
function draw(count) {
    const tokens = [model.tokens.bos ?? 0];
    while (tokens.length < count) {
        state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
        tokens.push(600 + (state % 40000));
    }
    return tokens.slice(0, count);
}

async function fill(depth) {
    await sequence.clearHistory();
    if (depth > 0) await sequence.evaluateWithoutGeneratingNewTokens(draw(depth));
}

async function prompt(count, depth) {
    await fill(depth);
    const tokens = draw(count);
    const start = performance.now();
    await sequence.evaluateWithoutGeneratingNewTokens(tokens);
    return performance.now() - start;
}

async function generate(count, depth) {
    await fill(depth);
    const tokens = sequence.evaluate(draw(1), {temperature: 0, yieldEogToken: true});
    await tokens.next(); // the token before the first that counts
    const start = performance.now();
    for (let i = 0; i < count; i++) await tokens.next();
    const time = performance.now() - start;
    await tokens.return();
    return time;
}

console.log("ready");
for await (const line of createInterface({input: process.stdin})) {
    const [kind, count, depth] = line.split(" ");
    const time = await (kind === "pp" ? prompt : generate)(Number(count), Number(depth));
    console.log(Number(count) / time * 1000);
}
process.exit(0);
