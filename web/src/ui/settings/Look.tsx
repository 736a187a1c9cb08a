/** The settings of the page's look on this device: language, theme and so on. Changes take effect immediately. */
import { createSignal, type JSX } from "solid-js";
import { chosenLanguage, LANGUAGES, type Language, setLanguage, t } from "../../text";
import { showToast } from "../parts";
import { Choice, Select } from "../parts/choices";
import { density, motion, setDensity, setMotion, setTheme, theme } from "../theme";
import styles from "./settings.module.css";

export function Look(): JSX.Element {
  const [chosen, setChosen] = createSignal<string>(chosenLanguage() ?? "");
  const choose = async (language: Language | null): Promise<void> => {
    try {
      await setLanguage(language);
    } catch {
      setChosen(chosenLanguage() ?? "");
      showToast(`${t.shell.parts.failed}. ${t.shell.parts.unreachable}`, true);
    }
  };
  return (
    <div class={styles.page}>
      <Choice
        row
        label={t.shell.settings.theme}
        value={theme()}
        onPick={setTheme}
        options={[
          { value: "system", label: t.shell.settings.themeSystem },
          { value: "light", label: t.shell.settings.themeLight },
          { value: "dark", label: t.shell.settings.themeDark },
          { value: "contrast", label: t.shell.settings.themeContrast },
        ]}
      />
      <Choice
        row
        label={t.shell.settings.density}
        value={density()}
        onPick={setDensity}
        options={[
          { value: "comfortable", label: t.shell.settings.comfortable },
          { value: "compact", label: t.shell.settings.compact },
        ]}
      />
      <Choice
        row
        label={t.shell.settings.motion}
        value={motion()}
        onPick={setMotion}
        options={[
          { value: "system", label: t.shell.settings.motionSystem },
          { value: "reduced", label: t.shell.settings.motionReduced },
        ]}
      />
      <Select
        label={t.shell.settings.language}
        value={chosen()}
        onPick={(value) => {
          setChosen(value);
          void choose(LANGUAGES.find(([code]) => code === value)?.[0] ?? null);
        }}
        options={[["", t.shell.settings.languageSystem], ...LANGUAGES]}
      />
    </div>
  );
}
