/** Pages the window can open, always in the system's browser. */
export const GET_KEY = "https://aistudio.google.com/apikey";
