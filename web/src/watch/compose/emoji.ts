import { strings } from '../../strings';

/** Those that people use in live chats, by theme; a keyboard has the others. */
export const emoji: readonly { readonly name: string; readonly characters: readonly string[] }[] = [
  {
    name: strings.emojiGroups.faces,
    characters: split('😀 😄 😂 🤣 😊 😍 😘 😎 🤩 🥳 🤔 😏 😴 😢 😭 😮 😱 😡 🤯 🥺 😅 🙃 😉 🤗 🫠 🫡 🤷 🤦'),
  },
  { name: strings.emojiGroups.hands, characters: split('👍 👎 👏 🙌 🙏 💪 👋 ✌️ 🤞 👌 🤝 🫶 👀 🧠') },
  { name: strings.emojiGroups.feelings, characters: split('❤️ 🧡 💛 💚 💙 💜 🖤 💔 💯 🔥 ✨ ⭐ 🎉 🎊 💥 💤') },
  {
    name: strings.emojiGroups.things,
    characters: split('🐈 🐕 🦄 🌊 ☀️ 🌈 🌍 🚀 ⚽ 🏆 🎮 🎵 🎬 📷 ☕ 🍕 🍿 🍰 🍻 ⏰ ✅ ❌ ❓ ❗'),
  },
];

function split(characters: string): string[] {
  return characters.split(' ');
}
