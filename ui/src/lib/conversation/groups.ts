/** The list of conversations by day. */
import type { Conversation } from "../backend/bindings";

export interface Group {
  key: "today" | "yesterday" | "lastWeek" | "earlier";
  conversations: Conversation[];
}

/** Groups in the order of time, without empty ones; the order within stays as given. */
export function groupByDay(conversations: Conversation[], now: Date): Group[] {
  // Through the calendar, not in steps of 24 hours: days are shorter or longer when clocks change.
  const daysAgo = (days: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() - days).getTime();
  const [today, yesterday, week] = [daysAgo(0), daysAgo(1), daysAgo(7)];
  const groups: Group[] = [
    { key: "today", conversations: [] },
    { key: "yesterday", conversations: [] },
    { key: "lastWeek", conversations: [] },
    { key: "earlier", conversations: [] },
  ];
  for (const conversation of conversations) {
    const at = conversation.updatedAt;
    const index = at >= today ? 0 : at >= yesterday ? 1 : at >= week ? 2 : 3;
    groups[index]?.conversations.push(conversation);
  }
  return groups.filter((group) => group.conversations.length > 0);
}
