/** What looks like a secret, in words. */
import type { Attachment, FoundSecret } from "../backend/bindings";
import { locale, t } from "../i18n/i18n.svelte";

/** Named one by one; the rest is only counted. */
const MOST_NAMED = 3;

function kindInWords({ kind }: FoundSecret): string {
  switch (kind.type) {
    case "apiKey":
      return kind.service === null ? t("secretApiKey") : t("secretApiKeyOf", { name: kind.service });
    case "privateKey":
      return t("secretPrivateKey");
    case "password":
      return t("secretPassword");
    case "cardNumber":
      return t("secretCardNumber");
    case "identityNumber":
      return t("secretIdentityNumber");
    case "bankAccount":
      return t("secretBankAccount");
  }
}

/** "an API key (sk-a…9f) in notes.txt and a card number (4111…11)", as a sentence. */
export function secretsSentence(found: FoundSecret[], attachments: Attachment[]): string {
  const named = found.slice(0, MOST_NAMED).map((secret) => {
    const [kind, { hint }] = [kindInWords(secret), secret];
    const file = attachments.find(({ id }) => id === secret.attachment);
    return file ? t("secretInFile", { kind, hint, name: file.name }) : t("secretInWords", { kind, hint });
  });
  const rest = found.length - named.length;
  const what = locale.format.list(rest > 0 ? [...named, t("secretsMore", { count: rest })] : named);
  return t("secretsFound", { what });
}
