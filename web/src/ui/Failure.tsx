import { useEffect, useState } from 'preact/hooks';
import type { ApiError } from '../api/errors';
import { keyWanted } from '../api/key';
import { answer, forgetFailure } from '../state/generation';

interface Props {
  id: string;
  after: string;
  error: ApiError;
}

/** Why there is no answer, and another try; by itself where the server has said when. */
export function Failure({ id, after, error }: Props) {
  const [wait, setWait] = useState(error.retryAfter === null ? null : Math.ceil(error.retryAfter));
  const retry = () => void answer(id, after);
  useEffect(() => {
    if (wait === null) return;
    if (wait <= 0) {
      retry();
      return;
    }
    const timer = setTimeout(() => {
      setWait(wait - 1);
    }, 1000);
    return () => {
      clearTimeout(timer);
    };
  }, [wait]);
  return (
    <div class="failure" role="group" aria-label="No answer">
      <p>
        {error.message} {wait !== null && `Trying again in ${wait} s.`}
      </p>
      <div class="buttons">
        {wait !== null && (
          <button
            type="button"
            class="secondary"
            onClick={() => {
              setWait(null);
            }}
          >
            Stop waiting
          </button>
        )}
        {wait === null && (
          <button
            type="button"
            class="secondary"
            onClick={() => {
              forgetFailure(id);
            }}
          >
            Dismiss
          </button>
        )}
        {error.problem === 'unauthorized' ? (
          <button type="button" class="primary" onClick={() => (keyWanted.value = true)}>
            Enter the key
          </button>
        ) : (
          <button type="button" class="primary" onClick={retry}>
            Retry
          </button>
        )}
      </div>
    </div>
  );
}
