// Quipu and llama.cpp in turns on the same files; see README.md.
import {spawn, spawnSync} from "node:child_process";
import {createInterface} from "node:readline";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {fileURLToPath} from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const options = readArguments(process.argv.slice(2));

function fail(message) {
    console.error(`error: ${message}`);
    process.exit(1);
}

function readArguments(args) {
    const numbers = (text, flag) => text.split(",").map((part) => {
        if (!/^\d+$/.test(part)) fail(`${flag} needs whole numbers, but '${text}' is none.`);
        return Number(part);
    });
    const read = {builds: [], models: [], peer: here, threads: [1], pp: [512], tg: [128], depth: [0], pairs: 5, history: null};
    for (let i = 0; i < args.length; i++) {
        const name = args[i];
        if (!name.startsWith("--")) {
            read.models.push(name);
            continue;
        }
        if (name === "--history" && !(args[i + 1] ?? "--").endsWith(".jsonl")) {
            read.history = path.join(here, "..", "history.jsonl");
            continue;
        }
        const value = args[++i] ?? fail(`${name} needs a value.`);
        if (name === "--quipu") {
            const [, label, command] = /^(?:([\w-]+)=)?(.+)$/.exec(value);
            read.builds.push({label: label ?? "quipu", command: command.split(" ")});
        } else if (["--threads", "--pp", "--tg", "--depth"].includes(name)) read[name.slice(2)] = numbers(value, name);
        else if (name === "--pairs") read.pairs = numbers(value, name)[0];
        else if (name === "--peer" || name === "--history") read[name.slice(2)] = value;
        else fail(`there is no ${name}; see README.md.`);
    }
    if (read.builds.length === 0 || read.models.length === 0) fail("a program (--quipu) and at least one model are needed; see README.md.");
    for (const file of read.models) if (!fs.existsSync(file)) fail(`there is no file ${file}.`);
    return read;
}

function median(values) {
    const sorted = [...values].sort((a, b) => a - b), half = sorted.length >> 1;
    return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** The tests of a model and a number of threads, in the order in which quipu bench runs them. */
function tests() {
    return options.depth.flatMap((depth) => [
        ...options.pp.filter((n) => n > 0).map((n) => ({kind: "pp", tokens: n, depth})),
        ...options.tg.filter((n) => n > 0).map((n) => ({kind: "tg", tokens: n, depth}))
    ]);
}

const nameOf = (test) => `${test.kind}${test.tokens}${test.depth > 0 ? ` @ d${test.depth}` : ""}`;

class Peer {
    constructor(model, threads) {
        const context = Math.max(...tests().map((test) => test.depth + test.tokens)) + 16;
        this.child = spawn(process.execPath, [path.join(here, "peer.mjs"), model, threads, context, options.peer], {stdio: ["pipe", "pipe", "inherit"]});
        this.lines = createInterface({input: this.child.stdout})[Symbol.asyncIterator]();
    }

    async line() {
        const {value, done} = await this.lines.next();
        if (done) fail("the peer ended; is node-llama-cpp installed in the folder of --peer?");
        return value;
    }

    async measure(test) {
        this.child.stdin.write(`${test.kind} ${test.tokens} ${test.depth}\n`);
        return Number(await this.line());
    }

    end() {
        this.child.stdin.end();
    }
}

/** One run of quipu bench: a row for each test. */
function runQuipu(build, model, threads) {
    const [program, ...first] = build.command;
    const run = spawnSync(program, [
        ...first, "bench", "-m", model, "-t", String(threads), "-p", options.pp.join(","), "-n", options.tg.join(","),
        "-d", options.depth.join(","), "-r", "1", "--no-warmup", "-o", "json"
    ], {encoding: "utf8", maxBuffer: 1 << 26});
    if (run.status !== 0) fail(`${build.command.join(" ")} ended with ${run.status ?? run.error}: ${run.stderr}`);
    return JSON.parse(run.stdout);
}

async function compare(model, threads) {
    const peer = new Peer(model, threads);
    await peer.line();
    const rows = tests().map((test) => ({test, peer: [], builds: options.builds.map(() => [])}));
    for (const {test} of rows) await peer.measure({...test, tokens: Math.min(test.tokens, test.kind === "tg" ? 8 : test.tokens)});
    for (let pair = 0; pair < options.pairs; pair++) {
        for (const row of rows) row.peer.push(await peer.measure(row.test));
        options.builds.forEach((build, i) => runQuipu(build, model, threads).forEach((result, j) => rows[j].builds[i].push(result)));
    }
    peer.end();
    return rows;
}

function commit() {
    const git = (...args) => spawnSync("git", args, {cwd: here, encoding: "utf8"}).stdout.trim();
    return git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain", "--untracked-files=no") === "" ? "" : "-changed");
}

function write(model, threads, row, at) {
    const name = path.basename(model, ".gguf"), peer = median(row.peer);
    const cells = row.builds.map((results, i) => {
        const speed = median(results.map((r) => r.median_ts)), limit = median(results.map((r) => r.limit_ts));
        const record = {
            commit: at, date: new Date().toISOString().slice(0, 10), cpu: results[0].cpu_info, instruction_set: results[0].instruction_set,
            build: options.builds[i].label, model: name, threads, test: nameOf(row.test), pairs: options.pairs,
            quipu: round(speed), peer: round(peer), ratio: round(speed / peer), limit: round(limit), share: round(speed / limit)
        };
        if (options.history) fs.appendFileSync(options.history, JSON.stringify(record) + "\n");
        return `${speed.toFixed(1)} | ${(speed / peer).toFixed(2)} | ${(100 * speed / limit).toFixed(0)} %`;
    });
    console.log(`| ${name} | ${threads} | ${nameOf(row.test)} | ${peer.toFixed(1)} | ${cells.join(" | ")} |`);
}

const round = (number) => Number(number.toPrecision(4));

const at = commit();
console.log(`Commit ${at}, ${os.cpus()[0].model}, ${os.cpus().length} processors; medians of ${options.pairs} turns, tokens per second.\n`);
console.log(`| model | threads | test | llama.cpp | ${options.builds.map((b) => `${b.label} | ratio | of limit`).join(" | ")} |`);
console.log(`| --- | ---: | --- | ---: |${" ---: | ---: | ---: |".repeat(options.builds.length)}`);
for (const model of options.models)
    for (const threads of options.threads)
        for (const row of await compare(model, threads)) write(model, threads, row, at);
