//! A window with one text field that says when it can be used.

#[tauri::command]
fn ready() {
    println!("bare: ready");
}

fn main() {
    tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![ready])
        .run(tauri::generate_context!())
        .expect("the bare window opens");
}
