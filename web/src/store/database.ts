import type { Conversation } from '../model/types';

const NAME = 'quipu';
const STORE = 'conversations';

/** Conversations in the browser's IndexedDB, one record each. */
export class Database {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
    // Another tab may hold a newer page with a newer layout: let it go on.
    database.onversionchange = () => {
      database.close();
    };
  }

  static async open(): Promise<Database> {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: 'id' });
    return new Database(await result(opening));
  }

  all(): Promise<Conversation[]> {
    return result(this.#store('readonly').getAll() as IDBRequest<Conversation[]>);
  }

  get(id: string): Promise<Conversation | undefined> {
    return result(this.#store('readonly').get(id) as IDBRequest<Conversation | undefined>);
  }

  /** @throws QuotaExceededError where the browser has no room. */
  put(conversation: Conversation): Promise<void> {
    const store = this.#store('readwrite');
    store.put(conversation);
    return committed(store.transaction);
  }

  delete(id: string): Promise<void> {
    const store = this.#store('readwrite');
    store.delete(id);
    return committed(store.transaction);
  }

  #store(mode: IDBTransactionMode): IDBObjectStore {
    return this.#database.transaction(STORE, mode).objectStore(STORE);
  }
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error('The database failed.'));
    };
  });
}

/** A request can succeed and its transaction still fail for want of room. */
function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => {
      resolve();
    };
    transaction.onabort = transaction.onerror = () => {
      reject(transaction.error ?? new Error('The database failed.'));
    };
  });
}
