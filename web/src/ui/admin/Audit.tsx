/** The page of the administration with the audit log, newest entries first. */
import { createSignal, type JSX, onMount, Show } from "solid-js";
import { admin as api } from "../../api/admin";
import type { Audited } from "../../api/types";
import { useRooms } from "../../state";
import { sentence, t } from "../../text";
import { formatDate } from "../../text/dates";
import { panels } from "../../text/panels";
import { Button } from "../parts";
import styles from "./admin.module.css";
import { auditSentence } from "./auditSentences";
import { Table } from "./Table";

export function Audit(): JSX.Element {
  const rooms = useRooms();
  const [entries, setEntries] = createSignal<readonly Audited[]>([]);
  const [before, setBefore] = createSignal<string | null>(null);
  const [loaded, setLoaded] = createSignal(false);
  const [problem, setProblem] = createSignal("");
  const page = async (): Promise<void> => {
    const answer = await api.audit(before());
    setLoaded(true);
    setProblem(answer.ok ? "" : sentence(answer.problem));
    if (!answer.ok) return;
    setEntries([...entries(), ...answer.value.entries]);
    setBefore(answer.value.before);
  };
  onMount(() => void page());
  const when = (at: number): string => formatDate("shortDateTime", at);
  const where = (room: number): string => {
    if (room === 0) return panels.admin.auditServer;
    const known = rooms().find((each) => each.id === room);
    return known ? `#${known.name}` : panels.admin.roomGone(room);
  };
  return (
    <div class={styles.page}>
      <p role="alert" class={styles.problem}>
        {problem()}
      </p>
      <Show
        when={entries().length > 0}
        fallback={<p class={styles.note}>{loaded() ? panels.admin.auditEmpty : t.shell.loading}</p>}
      >
        <Table
          columns={[
            [panels.admin.auditWhen],
            [panels.admin.auditWho],
            [panels.admin.auditWhat],
            [panels.admin.auditWhere, styles.minor],
          ]}
          rows={entries()}
        >
          {(entry) => (
            <>
              <td class={styles.time}>
                <time datetime={new Date(entry.at).toISOString()}>{when(entry.at)}</time>
              </td>
              <td class={styles.by}>
                <bdi>{entry.name || panels.admin.auditServer}</bdi>
              </td>
              <td class={styles.what} dir="auto">
                {auditSentence(entry)}
              </td>
              <td class={`${styles.minor} ${styles.short}`}>
                <bdi>{where(entry.room)}</bdi>
              </td>
            </>
          )}
        </Table>
        <Show when={before()} fallback={<p class={styles.note}>{panels.admin.auditEnd}</p>}>
          <div>
            <Button onClick={() => void page()}>{panels.admin.auditMore}</Button>
          </div>
        </Show>
      </Show>
    </div>
  );
}
