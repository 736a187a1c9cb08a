/** The settings of the page's look on this device: language, theme and so on. Changes take effect immediately. */
import { createSignal, type JSX } from "solid-js";
import { chosenLanguage, LANGUAGES, type Language, setLanguage, t } from "../../text";
import { panels } from "../../text/panels";
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
        label={panels.settings.theme}
        value={theme()}
        onPick={setTheme}
        options={[
          { value: "system", label: panels.settings.themeSystem },
          { value: "light", label: panels.settings.themeLight },
          { value: "dark", label: panels.settings.themeDark },
          { value: "contrast", label: panels.settings.themeContrast },
        ]}
      />
      <Choice
        row
        label={panels.settings.density}
        value={density()}
        onPick={setDensity}
        options={[
          { value: "comfortable", label: panels.settings.comfortable },
          { value: "compact", label: panels.settings.compact },
        ]}
      />
      <Choice
        row
        label={panels.settings.motion}
        value={motion()}
        onPick={setMotion}
        options={[
          { value: "system", label: panels.settings.motionSystem },
          { value: "reduced", label: panels.settings.motionReduced },
        ]}
      />
      <Select
        label={panels.settings.language}
        value={chosen()}
        onPick={(value) => {
          setChosen(value);
          void choose(LANGUAGES.find(([code]) => code === value)?.[0] ?? null);
        }}
        options={[["", panels.settings.languageSystem], ...LANGUAGES]}
      />
    </div>
  );
}
