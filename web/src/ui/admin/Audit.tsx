/** The page of the administration with the audit log, newest entries first. */
import { createSignal, type JSX, onMount, Show } from "solid-js";
import { admin as api } from "../../api/admin";
import type { Audited } from "../../api/types";
import { useRooms } from "../../state";
import { sentence, t } from "../../text";
import { formatDate } from "../../text/dates";
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
    if (room === 0) return t.shell.admin.auditServer;
    const known = rooms().find((each) => each.id === room);
    return known ? `#${known.name}` : t.shell.admin.roomGone(room);
  };
  return (
    <div class={styles.page}>
      <p role="alert" class={styles.problem}>
        {problem()}
      </p>
      <Show
        when={entries().length > 0}
        fallback={<p class={styles.note}>{loaded() ? t.shell.admin.auditEmpty : t.shell.loading}</p>}
      >
        <Table
          columns={[
            [t.shell.admin.auditWhen],
            [t.shell.admin.auditWho],
            [t.shell.admin.auditWhat],
            [t.shell.admin.auditWhere, styles.minor],
          ]}
          rows={entries()}
        >
          {(entry) => (
            <>
              <td class={styles.time}>
                <time datetime={new Date(entry.at).toISOString()}>{when(entry.at)}</time>
              </td>
              <td class={styles.by}>
                <bdi>{entry.name || t.shell.admin.auditServer}</bdi>
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
        <Show when={before()} fallback={<p class={styles.note}>{t.shell.admin.auditEnd}</p>}>
          <div>
            <Button onClick={() => void page()}>{t.shell.admin.auditMore}</Button>
          </div>
        </Show>
      </Show>
    </div>
  );
}
