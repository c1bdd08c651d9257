import type { Conversation, TreeNode } from './types';

/** The messages that are shown, from the first to the last. */
export function path(conversation: Conversation): TreeNode[] {
  const shown: TreeNode[] = [];
  let node = chosenChild(conversation, null);
  while (node) {
    shown.push(node);
    node = chosenChild(conversation, node.id);
  }
  return shown;
}

/** The messages before a node and the node itself. */
export function pathTo(conversation: Conversation, id: string | null): TreeNode[] {
  const byId = new Map(conversation.nodes.map((node) => [node.id, node]));
  const nodes: TreeNode[] = [];
  for (let node = id === null ? undefined : byId.get(id); node; node = node.parent === null ? undefined : byId.get(node.parent)) {
    nodes.unshift(node);
  }
  return nodes;
}

export const find = (conversation: Conversation, id: string) => conversation.nodes.find((node) => node.id === id);

/** Versions of the same message, oldest first; the node is one of them. */
export const versions = (conversation: Conversation, node: TreeNode) => conversation.nodes.filter((other) => other.parent === node.parent);

/** Adds a message and shows it. */
export function add(conversation: Conversation, node: TreeNode): Conversation {
  return touched({ ...choose(conversation, node), nodes: [...conversation.nodes, node] });
}

/** Shows this version, and below it what was shown there before. */
export function choose(conversation: Conversation, node: TreeNode): Conversation {
  return { ...conversation, chosen: { ...conversation.chosen, [node.parent ?? '']: node.id } };
}

export function update(conversation: Conversation, id: string, change: Partial<TreeNode>): Conversation {
  return touched({ ...conversation, nodes: conversation.nodes.map((node) => (node.id === id ? { ...node, ...change } : node)) });
}

/** Removes a version with all that follows it; another version takes its place. */
export function remove(conversation: Conversation, id: string): Conversation {
  const gone = new Set([id]);
  // Children come after their parents, so one pass finds all.
  for (const node of conversation.nodes) if (node.parent !== null && gone.has(node.parent)) gone.add(node.id);
  const chosen = Object.fromEntries(Object.entries(conversation.chosen).filter(([parent, child]) => !gone.has(parent) && !gone.has(child)));
  return touched({ ...conversation, nodes: conversation.nodes.filter((node) => !gone.has(node.id)), chosen });
}

function chosenChild(conversation: Conversation, parent: string | null): TreeNode | undefined {
  const children = conversation.nodes.filter((node) => node.parent === parent);
  return children.find((node) => node.id === conversation.chosen[parent ?? '']) ?? children.at(-1);
}

const touched = (conversation: Conversation): Conversation => ({ ...conversation, updatedAt: Date.now() });
